# fish completion for otatool: the program knows its words.
function __otatool_complete
	set -l before (commandline -opc)
	set -l word (commandline -ct)
	# "--chip=x" is two words for the program.
	if string match -qr '^--[^=]*=' -- $word
		set -l parts (string split -m 1 = -- $word)
		$before[1] --complete -- $before[2..-1] $parts[1] "$parts[2]" 2>/dev/null | string replace -r -- '^' "$parts[1]="
	else
		$before[1] --complete -- $before[2..-1] "$word" 2>/dev/null
	end
end
complete -c otatool -a '(__otatool_complete)'

/* SPDX-License-Identifier: MIT */
/* The first instructions, in machine mode: hart 1 goes on, the others sleep for ever. */
	.section .start, "ax"
	.globl _start
_start:
	csrr t0, mhartid
	li t1, 1
	bne t0, t1, park
	la t0, trap
	csrw mtvec, t0
	la sp, stack_top
	la t0, bss_start
	la t1, bss_end
1:	bgeu t0, t1, 2f
	sw zero, 0(t0)
	addi t0, t0, 4
	j 1b
2:	call main
park:
	wfi
	j park

/* The clock's tick, which ends an app's wfi, goes on for another millisecond. Every other trap, of
 * the boot stage or of an app, ends here: report and restart. */
	.balign 4
trap:
	csrw mscratch, t0
	csrr t0, mcause
	bgez t0, panic
	la t0, saved
	sw t1, 0(t0)
	sw t2, 4(t0)
	li t0, 0x0200bff8 /* mtime */
	lw t1, 0(t0)
	lw t2, 4(t0)
	addi t1, t1, 1000
	li t0, 0x02004008 /* hart 1's mtimecmp */
	sw t1, 0(t0)
	sw t2, 4(t0)
	la t0, saved
	lw t1, 0(t0)
	lw t2, 4(t0)
	csrr t0, mscratch
	mret
panic:
	la sp, stack_top
	csrr a0, mcause
	csrr a1, mepc
	csrr a2, mtval
	call board_trap

/* void enter(uint32_t entry, uint32_t satp): an app, in supervisor mode behind page tables. The first
 * tick is due at once: a reset sets the clock to 0, but leaves the time of the next tick as it was. */
	.globl enter
enter:
	csrw mepc, a0
	li t0, -1
	csrw pmpaddr0, t0
	li t0, 0x1f
	csrw pmpcfg0, t0
	li t0, 0x1800
	csrc mstatus, t0
	li t0, 0x0800
	csrs mstatus, t0
	li t0, 0x02004008 /* hart 1's mtimecmp */
	sw zero, 4(t0)
	sw zero, 0(t0)
	li t0, 0x80
	csrs mie, t0
	csrw satp, a1
	sfence.vma
	fence.i
	mret

	.section .bss
	.balign 4
saved:
	.space 8

/* SPDX-License-Identifier: MIT */
#include "lib/host/dynlib.h"

#include <dlfcn.h>
#include <string.h>

bool ota_dynlib_load(const char *file, const char *const *names, size_t count, void *functions)
{
	void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);

	for (size_t i = 0; library && i < count; i++) {
		void *function = dlsym(library, names[i]);

		if (!function)
			return false;
		/* POSIX lets a function's address stand in a void pointer. */
		memcpy((char *)functions + i * sizeof(function), &function, sizeof(function));
	}
	return library != NULL;
}

/* SPDX-License-Identifier: MIT */
/* dynlib.h - libraries on first use
 *
 * Most commands never need them, start faster without, and run where they are not installed. A
 * library's functions are listed once, as a macro that applies X to each name:
 *
 *   #define OTA_FOO_FUNCTIONS(X) X(foo_open) X(foo_close)
 *   struct ota_foo { OTA_FOO_FUNCTIONS(OTA_DYNLIB_MEMBER) };
 *
 * and loaded into that struct, or, where the library is linked, taken from it. */
#ifndef OTA_HOST_DYNLIB_H
#define OTA_HOST_DYNLIB_H

#include <stdbool.h>
#include <stddef.h>

#define OTA_DYNLIB_MEMBER(name) __typeof__(name) *name;
#define OTA_DYNLIB_NAME(name) #name,
#define OTA_DYNLIB_LINKED(name) .name = name,

/* Load `file` ("libfoo.so.1") and put the address of each of `count` functions into `functions`, a
 * struct of nothing but function pointers in that order. False: there is no such library, or a
 * function is missing from it. */
bool ota_dynlib_load(const char *file, const char *const *names, size_t count, void *functions);

#endif

/* theme_builtin: the files of themes/ inside the binary, so that it works alone. The assembler reads them at build
 * time. */
#include "theme.h"

#define BUILTIN_THEMES(X) \
	X(default_, "default") \
	X(dark, "dark") \
	X(light, "light") \
	X(mono, "mono") \
	X(deutan, "deutan") \
	X(high_contrast, "high-contrast")

#ifdef __APPLE__
#define READ_ONLY ".const_data\n"
#define SYMBOL "_"
#else
#define READ_ONLY ".section .rodata\n"
#define SYMBOL ""
#endif

#define INCLUDE(id, name) \
	__asm__(READ_ONLY ".global " SYMBOL "theme_" #id "_start\n" SYMBOL "theme_" #id "_start:\n" \
			  ".incbin \"themes/" name ".ini\"\n" \
			  ".global " SYMBOL "theme_" #id "_end\n" SYMBOL "theme_" #id "_end:\n.byte 0\n.text\n"); \
	extern const char theme_##id##_start[], theme_##id##_end[];
BUILTIN_THEMES(INCLUDE)
#undef INCLUDE

static const struct {
	const char *name, *start, *end;
} themes[] = {
#define ROW(id, name) {name, theme_##id##_start, theme_##id##_end},
	BUILTIN_THEMES(ROW)
#undef ROW
};

const char *theme_builtin(const char *name, size_t *length)
{
	for (size_t i = 0; i < COUNT_OF(themes); i++) {
		if (strcmp(name, themes[i].name) == 0) {
			*length = (size_t)(themes[i].end - themes[i].start);
			return themes[i].start;
		}
	}
	return NULL;
}

const char *theme_builtin_name(size_t index)
{
	return index < COUNT_OF(themes) ? themes[index].name : NULL;
}

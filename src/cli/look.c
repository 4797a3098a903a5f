/* look: how a table on standard output may look: colours, width, characters. */
#include "session.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool locale_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	if (!locale)
		return false;
	bool is_utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return is_utf8;
}

int look_of(const char *color, bool is_to_file, struct report_look *out, struct err *err)
{
	size_t when = 0;
	*out = (struct report_look){0};
	if (color && option_choice(OPTION_COLOR, color, NULL, &when, err) != 0)
		return -1;
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	bool is_terminal = !is_to_file && isatty(STDOUT_FILENO);
	bool is_dumb = !term || strcmp(term, "dumb") == 0;
	out->is_colored = when == 1 || (when == 0 && is_terminal && !is_dumb && !(no_color && no_color[0]));
	struct winsize size;
	if (is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		out->width = size.ws_col;
	out->is_ascii = is_terminal && !locale_is_utf8();
	return 0;
}

/* harness_words: quoting, escapes and variables of screen tests. */
#include "harness_words.h"

#include <stdlib.h>

static void add_variable(struct buf *word, const char **at, const char *folder)
{
	const char *start = *at + 1;
	bool is_braced = *start == '{';
	start += is_braced;
	size_t length = strspn(start, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
	char *name = xasprintf("%.*s", (int)length, start);
	const char *value = strcmp(name, "DIR") == 0 ? folder : getenv(name);
	buf_add_text(word, value != NULL ? value : "");
	free(name);
	*at = start + length + (is_braced && start[length] == '}' ? 1 : 0);
}

static int add_escape(struct buf *word, const char **at, struct err *err)
{
	static const char names[] = "nrtea\"\\$", values[] = "\n\r\t\033\a\"\\$";
	char c = (*at)[1];
	const char *known = c != '\0' ? strchr(names, c) : NULL;
	if (known != NULL) {
		buf_add_char(word, values[known - names]);
		*at += 2;
	} else if (c == 'x' && (*at)[2] != '\0' && (*at)[3] != '\0') {
		char digits[3] = {(*at)[2], (*at)[3], '\0'};
		buf_add_char(word, (char)strtol(digits, NULL, 16));
		*at += 4;
	} else {
		return err_set(err, ERR_FORMAT, "unknown escape \\%c", c);
	}
	return 0;
}

static int read_word(struct buf *word, const char **at, const char *folder, struct err *err)
{
	char quote = '\0';
	buf_add_text(word, "");
	while (**at != '\0' && (quote != '\0' || (**at != ' ' && **at != '\t'))) {
		char c = **at;
		if (quote == '\0' && (c == '"' || c == '\'')) {
			quote = c;
			(*at)++;
		} else if (quote != '\0' && c == quote) {
			quote = '\0';
			(*at)++;
		} else if (quote != '\'' && c == '$') {
			add_variable(word, at, folder);
		} else if (quote == '"' && c == '\\') {
			if (add_escape(word, at, err) != 0)
				return -1;
		} else {
			buf_add_char(word, c);
			(*at)++;
		}
	}
	return quote == '\0' ? 0 : err_set(err, ERR_FORMAT, "the quote is not closed");
}

int words_split(struct words *words, const char *line, const char *folder, struct err *err)
{
	words->count = 0;
	for (const char *at = line; *at != '\0';) {
		at += strspn(at, " \t");
		if (*at == '\0' || *at == '#')
			break;
		struct buf word = BUF_EMPTY;
		int result = read_word(&word, &at, folder, err);
		if (result == 0 && words->count == WORDS_MAX)
			result = err_set(err, ERR_FORMAT, "too many words");
		if (result != 0) {
			buf_free(&word);
			words_free(words);
			return -1;
		}
		words->items[words->count++] = word.data;
	}
	words->items[words->count] = NULL;
	return 0;
}

void words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	words->count = 0;
	words->items[0] = NULL;
}

/* parts: what the files of this room share: sets of strings, lists of parameters, growing lists of alerts, stable ids. */
#ifndef RARETRAIL_DETECT_PARTS_H
#define RARETRAIL_DETECT_PARTS_H

#include "raretrail/detect.h"

/* Makes a set of `count` string ids (any order, repeated, zeros dropped); reorders ids in place. */
struct id_set id_set_make(const struct dict *strings, uint32_t *ids, size_t count) MUST_USE;
struct id_set id_set_copy(const struct id_set *set) MUST_USE;
void id_set_free(struct id_set *set);

/* Appends an alert of a rule with everything else zero. */
struct alert *alerts_push(struct alerts *alerts, enum rule rule);
/* The id: sha256 of the rule, the parts (each with its length; absent is not empty) and a time. */
void alert_set_id(struct alert *alert, const struct slice *parts, size_t count, int64_t time);

size_t string_list_index(const struct string_list *list, const char *text); /* count when it is not there */
void string_list_add(struct string_list *list, const char *text); /* unless it is there */
void string_list_remove(struct string_list *list, size_t index);
void string_list_copy(struct string_list *to, const struct string_list *from); /* to is uninitialised or freed */
bool string_list_equal(const struct string_list *a, const struct string_list *b);
void string_list_free(struct string_list *list);
/* Does any LIKE pattern of the list match? An absent text matches nothing. */
bool list_like(const struct string_list *list, struct slice text);
/* The list's blocks, parsed; entries that are none are left out (params_set refuses them). free() the result. */
struct cidr *list_blocks(const struct string_list *list, size_t *count) MUST_USE;
bool blocks_contain(const struct cidr *blocks, size_t count, const struct ip *ip);

#endif

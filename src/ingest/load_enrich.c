/* load_enrich: completes a source entry of the store from the databases. What a document says of itself stays; a
 * network name or a place is only added where it does not speak of another network or country. */
#include <stdio.h>

#include "load.h"

static void fill(struct slice fields[FIELD_COUNT], enum event_field field, struct slice value)
{
	if (!fields[field].data && value.length)
		fields[field] = value;
}

static bool differs(struct slice own, struct slice found)
{
	return own.data && found.data && !slice_equals(own, found);
}

void load_enrich(void *context, struct slice ip, struct slice fields[FIELD_COUNT])
{
	const struct enrich *enrich = context;
	/* The number's text lives until the caller has taken it in: one merging thread asks. */
	static _Thread_local char number[16];
	struct enrich_answer answer;
	if (enrich_lookup(enrich, ip, &answer, NULL) != 0)
		return;
	struct slice as_number = {0};
	if (answer.has_as_number) {
		int length = snprintf(number, sizeof number, "%u", answer.as_number);
		as_number = (struct slice){number, (size_t)length};
	}
	if (!fields[FIELD_AS_ORG].data && !differs(fields[FIELD_AS_NUMBER], as_number)) {
		fill(fields, FIELD_AS_NUMBER, as_number);
		fill(fields, FIELD_AS_ORG, answer.as_organization);
	}
	if (!differs(fields[FIELD_COUNTRY_CODE], answer.country_iso_code)) {
		fill(fields, FIELD_COUNTRY_CODE, answer.country_iso_code);
		fill(fields, FIELD_COUNTRY_NAME, answer.country_name);
		fill(fields, FIELD_REGION_NAME, answer.region_name);
		fill(fields, FIELD_CITY_NAME, answer.city_name);
	}
}

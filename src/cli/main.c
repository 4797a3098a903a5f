/* main: where the program begins. */
#include "raretrail/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}

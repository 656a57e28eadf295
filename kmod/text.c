// SPDX-License-Identifier: GPL-2.0
/* Appends to a text of bounded length: formatted, and the line of one probe. */
#include <linux/kernel.h>

#include "drop_packet.h"

void pd_print(struct pd_text *out, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	out->length += vscnprintf(out->text + out->length, PD_TEXT_MAX - out->length, format,
				  arguments);
	va_end(arguments);
}

void pd_print_probe(struct pd_text *out, enum pd_probe probe)
{
	const struct pd_probe_state *state = pd_probe_state(probe);

	pd_print(out, "  %s", pd_probe_label(probe));
	if (state->attached)
		pd_print(out, " attached=y mechanism=%s target=%s exact=%c\n", state->mechanism,
			 state->target, state->exact ? 'y' : 'N');
	else
		pd_print(out, " attached=N errno=%d\n", -state->error);
}

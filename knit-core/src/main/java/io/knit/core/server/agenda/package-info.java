/** Beside the way of a request: {@link io.knit.core.server.agenda.Agenda} owns every deadline of the server, with one timer. */
@NullMarked
package io.knit.core.server.agenda;

import org.jspecify.annotations.NullMarked;

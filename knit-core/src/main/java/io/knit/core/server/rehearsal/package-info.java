/** What a command would do: the controller asked on a copy of the state, with nodes that do as they are told. Pure. */
@NullMarked
package io.knit.core.server.rehearsal;

import org.jspecify.annotations.NullMarked;

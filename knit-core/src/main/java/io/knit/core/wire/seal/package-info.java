/** What goes sealed over the wire: takes what only one agent may read, gives a box that its key alone opens (HPKE, RFC 9180). */
@NullMarked
package io.knit.core.wire.seal;

import org.jspecify.annotations.NullMarked;

/** Takes the specs of one file's services, gives who of them looks for whom, and at which ports; and what of one other nodes reach. Pure. */
@NullMarked
package io.knit.core.server.compose.reach;

import org.jspecify.annotations.NullMarked;

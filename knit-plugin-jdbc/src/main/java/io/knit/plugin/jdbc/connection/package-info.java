/** Takes the driver's connections, gives the JDBC client ones that are always in a known state, and carry out a whole transaction at once. */
@NullMarked
package io.knit.plugin.jdbc.connection;

import org.jspecify.annotations.NullMarked;

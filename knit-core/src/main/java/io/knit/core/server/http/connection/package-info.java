/**
 * Who is connected and what is kept for him: takes connections, gives each its limits. What strangers may take of the server is all
 * here, with who makes room when it is used up.
 */
@NullMarked
package io.knit.core.server.http.connection;

import org.jspecify.annotations.NullMarked;

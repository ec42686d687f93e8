/** Takes PEM files, gives TLS of the HTTP server: the certificate in use, read anew when its files change. */
@NullMarked
package io.knit.core.server.http.tls;

import org.jspecify.annotations.NullMarked;

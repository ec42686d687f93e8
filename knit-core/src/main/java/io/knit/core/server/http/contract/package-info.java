/** The API described for programs and for people: takes the tables of routes and fields, gives a document and a page of it. Owns nothing. */
@NullMarked
package io.knit.core.server.http.contract;

import org.jspecify.annotations.NullMarked;

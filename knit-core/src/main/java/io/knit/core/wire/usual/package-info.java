/**
 * Takes the text of a record in the form in which Knit itself writes it, gives the record, or says that the text is another: then who asked
 * reads it with all that a codec can. A store has tens of thousands of such texts, which a server reads before it is ready, while the JVM has
 * compiled nothing yet: what counts is how little code is run and compiled.
 */
@NullMarked
package io.knit.core.wire.usual;

import org.jspecify.annotations.NullMarked;

/**
 * 10 run, the containers of an instance beside its main one: takes what a spec says of them and the main container as the engine is to be asked for it, and has
 * each run to its end before that is made, or says which one did not.
 */
@NullMarked
package io.knit.core.agent.part;

import org.jspecify.annotations.NullMarked;

/**
 * What moves while one looks: takes a server's events, gives a picture that is drawn over itself on a screen, and lines one after the other anywhere else.
 * Asked for anew is what is shown only when an event says that something happened.
 */
@NullMarked
package io.knit.launcher.remote.live;

import org.jspecify.annotations.NullMarked;

/** 13 events: takes what commits mean to people, gives it to subscribers, each event once and in order. */
@NullMarked
package io.knit.core.server.events;

import org.jspecify.annotations.NullMarked;

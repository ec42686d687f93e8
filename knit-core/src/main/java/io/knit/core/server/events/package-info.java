/**
 * 13 events: takes commits, puts into words what they mean to people, and gives that to subscribers, each event once and in order.
 */
@NullMarked
package io.knit.core.server.events;

import org.jspecify.annotations.NullMarked;

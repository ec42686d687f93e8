/** 10 run, files that follow: takes what is known of services, and has containers see it: {@link io.knit.core.agent.follow.LiveFiles}. */
@NullMarked
package io.knit.core.agent.follow;

import org.jspecify.annotations.NullMarked;

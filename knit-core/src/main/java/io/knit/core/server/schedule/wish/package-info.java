/** 6 schedule, what is asked: takes instances and their spec, gives {@link io.knit.core.server.schedule.wish.Wish}es, equal ones together (pure). */
@NullMarked
package io.knit.core.server.schedule.wish;

import org.jspecify.annotations.NullMarked;

/** What is checked: what must hold after every event, what must hold in the end, and what users were promised. */
@NullMarked
package io.knit.testkit.sim.check;

import org.jspecify.annotations.NullMarked;

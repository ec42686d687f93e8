/** What the users of a simulation do once something is deployed: changes of one thing at a time, and what an operator does about them. */
@NullMarked
package io.knit.testkit.sim.user;

import org.jspecify.annotations.NullMarked;

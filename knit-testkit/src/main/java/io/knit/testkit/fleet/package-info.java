/** A whole fleet as a JUnit 5 extension: {@link io.knit.testkit.fleet.KnitFleet} gives a test one, {@link io.knit.testkit.fleet.FleetAssertions} say what is so and why not. */
@NullMarked
package io.knit.testkit.fleet;

import org.jspecify.annotations.NullMarked;

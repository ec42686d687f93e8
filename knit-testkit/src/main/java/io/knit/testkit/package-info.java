/**
 * The test kit, for Knit's own tests and its users': {@link io.knit.testkit.contract contracts} that every plugin must keep, fakes that
 * keep them without a network, an engine or a disk, and a simulator that runs a fleet of them from a seed.
 */
@NullMarked
package io.knit.testkit;

import org.jspecify.annotations.NullMarked;

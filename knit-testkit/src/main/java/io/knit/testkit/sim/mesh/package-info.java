/** A second witness of a simulation's hosts: a mesh, what goes wrong with it, and what must hold of who is judged by it. */
@NullMarked
package io.knit.testkit.sim.mesh;

import org.jspecify.annotations.NullMarked;

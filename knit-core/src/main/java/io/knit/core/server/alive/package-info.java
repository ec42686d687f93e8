/**
 * 12 intake, who is alive: takes what witnesses saw of the nodes – heartbeats, connections, the mesh ({@link io.knit.core.server.alive.MeshWatch}) – gives a
 * judgement of each ({@link io.knit.core.server.alive.NodeWatch}): ready, suspect or down.
 */
@NullMarked
package io.knit.core.server.alive;

import org.jspecify.annotations.NullMarked;

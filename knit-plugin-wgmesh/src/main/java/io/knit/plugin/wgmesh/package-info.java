/**
 * Discovery by the wg-mesh daemon: {@link io.knit.plugin.wgmesh.WgMeshClient} speaks its JSON-RPC 2.0 over its unix socket, and
 * the discovery makes Knit's peers of its answers.
 *
 * <pre>{@code
 * WgMeshClient client = new WgMeshClient(vertx, Path.of("/var/run/wgmesh.sock"));
 * client.peers().onSuccess(peers -> peers.forEach(peer -> show(peer.hostname(), peer.meshIp())));
 * }</pre>
 */
@NullMarked
package io.knit.plugin.wgmesh;

import org.jspecify.annotations.NullMarked;

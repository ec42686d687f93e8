/** JSON-RPC 2.0 on the daemon's unix socket: takes a call, gives its result, or what the daemon or the line did wrong. */
@NullMarked
package io.knit.plugin.wgmesh.socket;

import org.jspecify.annotations.NullMarked;

/**
 * 1. Takes HTTP requests and JSON, gives {@link io.knit.api.model.DeploymentSpec}s to an
 * {@link io.knit.api.Orchestrator}, and answers with its snapshots and events. It knows nothing else of the server.
 * The way is {@code connection}, {@code request}, {@code json}, a route here, {@code json}, {@code answer}.
 *
 * <pre>{@code
 * HttpApi.start(vertx, "127.0.0.1", 8080, orchestrator)
 *     .onSuccess(api -> log.info("listening on port {}", api.port()));
 * }</pre>
 */
@NullMarked
package io.knit.core.server.http;

import org.jspecify.annotations.NullMarked;

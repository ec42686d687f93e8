/**
 * The API's JSON, both ways: takes bodies, gives {@link io.knit.api.model.DeploymentSpec}s or all refusals at once; takes what a snapshot,
 * event or history holds, gives JSON without secrets.
 */
@NullMarked
package io.knit.core.server.http.json;

import org.jspecify.annotations.NullMarked;

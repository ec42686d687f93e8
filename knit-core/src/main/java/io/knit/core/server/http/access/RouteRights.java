package io.knit.core.server.http.access;

import static java.util.Map.entry;

import io.knit.core.server.command.Right;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What each route takes, by its method and path. A route without a row takes the most there is. {@code docs/security.md} has this table, too. */
public final class RouteRights {
    /** {@code HEAD} is as {@code GET}. */
    static final Map<String, Right> BY_ROUTE = Collections.unmodifiableMap(new TreeMap<>(Map.ofEntries(
            entry("GET /ping", Right.OPEN),
            entry("GET /healthz", Right.OPEN),
            entry("GET /readyz", Right.OPEN),
            entry("GET /openapi.json", Right.OPEN),
            entry("GET /docs", Right.OPEN),
            entry("GET /metrics", Right.SEE_ALL),
            entry("GET /nodes", Right.SEE),
            entry("GET /nodes/:id", Right.SEE),
            entry("DELETE /nodes/:id", Right.ADMINISTER),
            entry("PATCH /nodes/:id", Right.ADMINISTER),
            entry("POST /nodes/:id/drain", Right.ADMINISTER),
            entry("POST /nodes/:id/pause", Right.ADMINISTER),
            entry("POST /nodes/:id/activate", Right.ADMINISTER),
            entry("POST /simulate", Right.SEE_ALL),
            entry("GET /incident", Right.ADMINISTER),
            entry("POST /rebalance", Right.ADMINISTER),
            entry("GET /events", Right.SEE),
            entry("GET /history", Right.SEE),
            entry("GET /deployments", Right.SEE),
            // which one it is about, its body says
            entry("POST /deployments", Right.DEPLOY),
            // the same of each service
            entry("POST /compose", Right.DEPLOY),
            entry("POST /render", Right.DEPLOY),
            entry("GET /deployments/:name", Right.SEE_ONE),
            entry("DELETE /deployments/:name", Right.DEPLOY),
            entry("GET /deployments/:name/revisions", Right.SEE_ONE),
            entry("GET /deployments/:name/revisions/:number", Right.SEE_ONE),
            entry("GET /deployments/:name/diff", Right.SEE_ONE),
            entry("GET /deployments/:name/explain", Right.SEE_ONE),
            // which deployment it is of, the answer says
            entry("GET /instances/:id/explain", Right.SEE_ONE),
            entry("GET /instances/:id/logs", Right.SEE_ONE),
            entry("GET /deployments/:name/logs", Right.SEE_ONE),
            entry("GET /instances/:id/exec", Right.DEPLOY),
            entry("GET /instances/:id/attach", Right.DEPLOY),
            entry("GET /instances/:id/files", Right.DEPLOY),
            entry("PUT /instances/:id/files", Right.DEPLOY),
            entry("GET /instances/:id/stats", Right.SEE_ONE),
            entry("GET /deployments/:name/stats", Right.SEE_ONE),
            entry("GET /nodes/:id/stats", Right.SEE),
            entry("POST /deployments/:name/rollback", Right.DEPLOY),
            entry("POST /deployments/:name/scale", Right.DEPLOY),
            entry("POST /deployments/:name/restart", Right.DEPLOY),
            entry("POST /deployments/:name/pause", Right.DEPLOY),
            entry("POST /deployments/:name/resume", Right.DEPLOY),
            entry("POST /deployments/:name/promote", Right.DEPLOY),
            entry("POST /deployments/:name/move", Right.DEPLOY),
            entry("DELETE /deployments/:name/move", Right.DEPLOY),
            entry("GET /tokens", Right.ADMINISTER),
            entry("POST /tokens", Right.ADMINISTER),
            entry("DELETE /tokens/:name", Right.ADMINISTER),
            entry("GET /backup", Right.ADMINISTER),
            entry("GET /webhooks", Right.ADMINISTER),
            entry("POST /webhooks", Right.ADMINISTER),
            entry("DELETE /webhooks/:name", Right.ADMINISTER),
            entry("POST /webhooks/:name/test", Right.ADMINISTER),
            entry("GET /vars", Right.SEE_ALL),
            entry("GET /vars/:name", Right.SEE_ALL),
            entry("PUT /vars/:name", Right.DEPLOY_ALL),
            entry("DELETE /vars/:name", Right.DEPLOY_ALL),
            entry("GET /secrets", Right.SEE_ALL),
            entry("GET /secrets/:name", Right.SEE_ALL),
            entry("PUT /secrets/:name", Right.DEPLOY_ALL),
            entry("DELETE /secrets/:name", Right.DEPLOY_ALL),
            entry("GET /files", Right.SEE_ALL),
            entry("GET /files/:name", Right.SEE_ALL),
            entry("PUT /files/:name", Right.DEPLOY_ALL),
            entry("DELETE /files/:name", Right.DEPLOY_ALL),
            entry("GET /registries", Right.SEE_ALL),
            entry("GET /registries/:host", Right.SEE_ALL),
            entry("PUT /registries/:host", Right.DEPLOY_ALL),
            entry("DELETE /registries/:host", Right.DEPLOY_ALL),
            entry("POST /keys/rotate", Right.ADMINISTER),
            // whatever runs by that name on those nodes runs this from then on
            entry("GET /images", Right.SEE_ALL),
            entry("DELETE /images", Right.DEPLOY_ALL),
            entry("POST /images/:name", Right.DEPLOY_ALL),
            entry("GET /volumes", Right.SEE),
            entry("GET /volumes/:deployment/:slot/:name", Right.SEE_ONE),
            entry("DELETE /volumes/:deployment/:slot/:name", Right.DEPLOY),
            // as files of an instance are copied
            entry("GET /volumes/:deployment/:slot/:name/snapshot", Right.DEPLOY),
            entry("PUT /volumes/:deployment/:slot/:name/snapshot", Right.DEPLOY),
            entry("GET /", Right.OPEN),
            entry("GET /dashboard", Right.SEE),
            entry("GET /dashboard/fragments", Right.SEE),
            entry("GET /dashboard/nodes/:id", Right.SEE),
            entry("GET /dashboard/nodes/:id/images", Right.SEE_ALL),
            entry("GET /dashboard/nodes/:id/simulate", Right.SEE),
            entry("POST /dashboard/nodes/:id/simulate", Right.SEE_ALL),
            entry("GET /dashboard/app.js", Right.OPEN),
            entry("GET /dashboard/style.css", Right.OPEN),
            entry("GET /dashboard/icon.svg", Right.OPEN),
            entry("GET /dashboard/login", Right.OPEN),
            entry("POST /dashboard/login", Right.OPEN),
            entry("GET /dashboard/logout", Right.OPEN),
            entry("POST /dashboard/logout", Right.OPEN),
            entry("GET /dashboard/deploy", Right.SEE),
            entry("POST /dashboard/deploy", Right.DEPLOY),
            entry("GET /dashboard/undeploy", Right.SEE),
            entry("POST /dashboard/undeploy", Right.DEPLOY),
            entry("GET /dashboard/plan", Right.SEE),
            // what the button is for says what it takes besides
            entry("POST /dashboard/plan", Right.DEPLOY),
            entry("GET /dashboard/change", Right.SEE),
            entry("POST /dashboard/change", Right.DEPLOY),
            entry("GET /dashboard/volumes", Right.SEE),
            // which deployment it is of, its body says
            entry("POST /dashboard/volumes", Right.DEPLOY),
            entry("GET /dashboard/volumes/:deployment/:slot/:name/snapshot", Right.DEPLOY),
            entry("GET /dashboard/volumes/:deployment/:slot/:name/restore", Right.SEE),
            entry("POST /dashboard/volumes/:deployment/:slot/:name/restore", Right.DEPLOY),
            entry("GET /dashboard/deployments/:name/render", Right.DEPLOY),
            entry("GET /dashboard/images", Right.SEE_ALL),
            entry("POST /dashboard/images", Right.DEPLOY_ALL),
            entry("GET /dashboard/images/push", Right.SEE_ALL),
            entry("POST /dashboard/images/push", Right.DEPLOY_ALL),
            entry("GET /dashboard/compose", Right.SEE),
            // the same of each service
            entry("POST /dashboard/compose", Right.DEPLOY),
            entry("GET /dashboard/values", Right.SEE_ALL),
            entry("POST /dashboard/values", Right.DEPLOY_ALL))));

    private RouteRights() {}

    /** @param method as in the request */
    public static Right of(String method, String path) {
        String known = method.equals("HEAD") ? "GET" : method;
        return BY_ROUTE.getOrDefault(known + " " + path, Right.ADMINISTER);
    }

    /** Whether nobody has to say who he is, by the path as it came. No open route has a name in its path. */
    static boolean isOpen(String method, String path) {
        return of(method, path) == Right.OPEN;
    }
}

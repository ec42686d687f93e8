package io.knit.core.server.dashboard.frame;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where somebody came from whom a page tells what went wrong: the page whose form or link it was, else the first.
 *
 * @param words what that page is of
 */
record Back(String address, String words) {
    private static final Back DASHBOARD = new Back("/dashboard", "the dashboard");
    private static final Pattern LIST = Pattern.compile("(/dashboard/(values|compose|volumes|images))(/.*)?");
    private static final Pattern OF_NODE = Pattern.compile("(/dashboard/nodes/([A-Za-z0-9._-]{1,253}))/[a-z]+");

    /** @param missing whether there is nothing at the path */
    static Back from(HttpServerRequest request, boolean missing) {
        Matcher list = LIST.matcher(request.path());
        if (list.matches() && (list.group(3) != null || request.method().equals(HttpMethod.POST))) {
            return new Back(
                    list.group(1), list.group(2).equals("compose") ? "the Compose file" : "the " + list.group(2));
        }
        Matcher node = OF_NODE.matcher(request.path());
        return node.matches() && !missing ? new Back(node.group(1), node.group(2)) : DASHBOARD;
    }
}

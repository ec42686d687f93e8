package io.knit.core.server.http.request;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Pointers;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Refuses fields that a form does not have, and a second one of those that it has once, as {@link QueryCheck} does parameters. */
public final class FormCheck {
    private FormCheck() {}

    /**
     * Comes before the handlers of these paths.
     *
     * @param forms the fields of each path that takes a form
     * @param lists those of them that may come more than once
     */
    public static void mount(Router router, Map<String, Set<String>> forms, Set<String> lists) {
        forms.forEach((path, fields) -> router.post(path).handler(ctx -> check(ctx, fields, lists)));
    }

    private static void check(RoutingContext ctx, Set<String> known, Set<String> lists) {
        Set<String> seen = new HashSet<>();
        ctx.request().formAttributes().forEach((name, value) -> {
            if (!known.contains(name)) {
                throw new KnitException(
                        ErrorCode.UNKNOWN_FIELD,
                        "the form has no field " + Pointers.quoted(name) + "; " + QueryCheck.hint(name, known));
            }
            if (!seen.add(name) && !lists.contains(name)) {
                throw new KnitException(
                        ErrorCode.DUPLICATE_VALUE, "the form's field " + name + " is given twice; give it once");
            }
        });
        ctx.next();
    }
}

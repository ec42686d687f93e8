package io.knit.core.server.dashboard;

import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorKind;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Refusals;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code /dashboard/volumes}: what is in which volume where, also of deployments that are gone; to remove, and to move with its slot. */
final class VolumePages {
    static final String PATH = "/dashboard/volumes";
    static final Set<String> PARAMETERS = Set.of("removing", "moving", "staying");

    private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9._/-]{1,400}");

    private final Orchestrator orchestrator;
    private final Dashboard dashboard;

    VolumePages(Orchestrator orchestrator, Dashboard dashboard) {
        this.orchestrator = orchestrator;
        this.dashboard = dashboard;
    }

    void mount(Router router) {
        Dashboard.get(router, PATH, ctx -> page(ctx, 200, List.of(), notice(ctx)));
        router.post(PATH).handler(this::change);
    }

    private void change(RoutingContext ctx) {
        if (!dashboard.isGiven(ctx)) {
            page(ctx, 403, List.of(Dashboard.OLD_PAGE), "");
            return;
        }
        VolumeForm form = VolumeForm.of(ctx.request().formAttributes());
        try {
            orchestrator
                    .run(form.command(), dashboard.caller(ctx))
                    .onSuccess(done -> ctx.response()
                            .setStatusCode(303)
                            .putHeader("Location", PATH + "?" + form.done())
                            .end())
                    .onFailure(failure -> refuse(ctx, failure));
        } catch (KnitException e) {
            refuse(ctx, e);
        }
    }

    private void refuse(RoutingContext ctx, Throwable failure) {
        if (failure instanceof KnitException expected && expected.code().kind() != ErrorKind.INTERNAL) {
            List<String> words = Refusals.of(expected).stream()
                    .map(refusal -> "Nothing was done: " + refusal.getMessage())
                    .toList();
            page(ctx, Dashboard.status(expected), words, "");
        } else {
            ctx.fail(failure);
        }
    }

    private void page(RoutingContext ctx, int status, List<String> errors, String notice) {
        Map<String, Object> model = new HashMap<>();
        model.put("volumes", VolumeList.of(orchestrator, dashboard.caller(ctx)));
        model.put("errors", errors);
        model.put("notice", notice);
        model.put("here", PATH);
        dashboard.show(ctx, status, "volumes.peb", model);
    }

    private static String notice(RoutingContext ctx) {
        return told(ctx, "removing", "is removed as soon as nothing has it.")
                + told(ctx, "moving", "is being moved with its volumes.")
                + told(ctx, "staying", "stays where it is.");
    }

    private static String told(RoutingContext ctx, String parameter, String words) {
        String subject = ctx.request().getParam(parameter);
        return subject != null && SUBJECT.matcher(subject).matches() ? subject + " " + words : "";
    }
}

package io.knit.core.server.dashboard.overview;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.KnitEvent;
import io.knit.core.server.command.Sight;
import io.knit.core.server.dashboard.form.ChangeForm;
import io.knit.core.server.dashboard.form.DeployForm;
import io.knit.core.server.dashboard.form.FormErrors;
import io.knit.core.server.dashboard.form.FormWords;
import io.knit.core.server.dashboard.frame.Frame;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code /dashboard}: all that there is, with the deploy form beside it; what was typed comes back on it with what is wrong. */
public final class OverviewPage {
    public static final String PATH = "/dashboard";

    public static final Set<String> PARAMETERS = Set.of("deployed", "undeployed", "changed");

    private static final int RECENT = 30;
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,63}");
    private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9._-]{1,253}");

    private final Orchestrator orchestrator;
    private final Frame frame;

    public OverviewPage(Orchestrator orchestrator, Frame frame) {
        this.orchestrator = orchestrator;
        this.frame = frame;
    }

    /** With what its forms do. */
    public void mount(Router router) {
        Frame.lead(router, "/", PATH);
        Frame.get(router, PATH, this::page);
        Frame.get(router, "/dashboard/fragments", ctx -> frame.show(ctx, "fragments.peb", model(ctx)));
        new DeployPages(orchestrator, frame, this).mount(router);
        new ChangePages(orchestrator, frame, this).mount(router);
    }

    private void page(RoutingContext ctx) {
        Map<String, Object> model = model(ctx);
        model.put("notice", notice(ctx));
        form(model, DeployForm.EMPTY, FormErrors.none());
        frame.show(ctx, "page.peb", model);
    }

    /** The page with what was typed. */
    void again(RoutingContext ctx, int status, DeployForm form, FormErrors errors) {
        again(ctx, status, form, ChangeForm.NONE, errors);
    }

    private void again(RoutingContext ctx, int status, DeployForm form, ChangeForm typed, FormErrors errors) {
        Map<String, Object> model = model(ctx);
        model.put("typed", typed);
        model.put("notice", "");
        form(model, form, errors);
        frame.show(ctx, status, "page.peb", model);
    }

    /** What the deploy form asked for stands at its fields. */
    void refuse(RoutingContext ctx, DeployForm form, Throwable failure) {
        Frame.refuse(ctx, failure, expected -> again(ctx, Frame.status(expected), form, FormErrors.of(expected, form)));
    }

    /** What a button asked for, and not the deploy form: it stands at no field of that. */
    void refuse(RoutingContext ctx, ChangeForm typed, Throwable failure) {
        Frame.refuse(
                ctx,
                failure,
                expected ->
                        again(ctx, Frame.status(expected), DeployForm.EMPTY, typed, FormErrors.nothingDone(expected)));
    }

    private static void form(Map<String, Object> model, DeployForm form, FormErrors errors) {
        model.put("form", form);
        model.put("words", FormWords.all());
        model.put("errors", errors.byField());
        model.put("failed", errors.any());
    }

    private Map<String, Object> model(RoutingContext ctx) {
        Caller visitor = frame.visitor(ctx);
        ClusterSnapshot snapshot = orchestrator.snapshot();
        Map<String, Object> model = Frame.live(snapshot);
        model.put("here", PATH);
        model.put("typed", ChangeForm.NONE);
        model.put(
                "view", Overview.of(snapshot, visitor, recent(snapshot.lastEvent(), visitor), orchestrator::liveness));
        model.put("ready", orchestrator.ready());
        return model;
    }

    /** The last ones that he is told of, oldest first: looked for further and further back, as far as any are kept. */
    private List<KnitEvent> recent(long last, Caller visitor) {
        List<KnitEvent> shown = List.of();
        boolean all = false;
        for (long back = RECENT; shown.size() < RECENT && !all; back *= 8) {
            long after = Math.max(0, last - back);
            List<KnitEvent> events = orchestrator.eventsAfter(after);
            all = after == 0 || events.isEmpty() || events.get(0).seq() > after + 1;
            shown = events.stream().filter(event -> Sight.shows(event, visitor)).toList();
        }
        return shown;
    }

    private String notice(RoutingContext ctx) {
        String deployed = ctx.request().getParam("deployed");
        String undeployed = ctx.request().getParam("undeployed");
        String changed = ctx.request().getParam("changed");
        if (changed != null && SUBJECT.matcher(changed).matches()) {
            return changed + " is changed as you asked; what follows is shown below.";
        }
        if (deployed != null) {
            return orchestrator
                    .deployment(deployed)
                    .filter(view -> frame.visitor(ctx).isFor(view.name()))
                    .map(OverviewPage::accepted)
                    .orElse("");
        }
        return undeployed != null && NAME.matcher(undeployed).matches() ? undeployed + " is being undeployed." : "";
    }

    private static String accepted(DeploymentView view) {
        return view.name() + " was accepted as revision " + view.deployment().revision() + ".";
    }

    /** Whether the form is of a page of ours; else it is answered. */
    boolean isOfThisPage(RoutingContext ctx, DeployForm typed) {
        boolean given = frame.isGiven(ctx);
        if (!given) {
            again(ctx, 403, typed, FormErrors.general(Frame.OLD_PAGE));
        }
        return given;
    }
}

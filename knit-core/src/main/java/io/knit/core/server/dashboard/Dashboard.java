package io.knit.core.server.dashboard;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.ErrorKind;
import io.knit.api.error.KnitException;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Node;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.command.Sight;
import io.knit.core.server.events.EventTypes;
import io.knit.core.server.image.NodeImages;
import io.knit.core.server.image.Pushed;
import io.knit.core.server.stack.StackReader;
import io.knit.core.wire.image.ImagesAsked;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The dashboard's routes. Everything works by plain requests; {@code app.js} only fetches {@code /dashboard/fragments}. */
public final class Dashboard {
    /** Its paths and what may be done there, for who answers everything else. */
    public static final Map<String, String> PATHS = Map.ofEntries(
            Map.entry("/", "GET, HEAD"),
            Map.entry("/dashboard", "GET, HEAD"),
            Map.entry("/dashboard/fragments", "GET, HEAD"),
            Map.entry("/dashboard/nodes/:id", "GET, HEAD"),
            Map.entry("/dashboard/nodes/:id/images", "GET, HEAD"),
            Map.entry("/dashboard/app.js", "GET, HEAD"),
            Map.entry("/dashboard/style.css", "GET, HEAD"),
            Map.entry("/dashboard/icon.svg", "GET, HEAD"),
            Map.entry("/dashboard/login", "GET, HEAD, POST"),
            Map.entry("/dashboard/logout", "GET, HEAD, POST"),
            Map.entry("/dashboard/deploy", "GET, HEAD, POST"),
            Map.entry("/dashboard/undeploy", "GET, HEAD, POST"),
            Map.entry("/dashboard/plan", "GET, HEAD, POST"),
            Map.entry("/dashboard/change", "GET, HEAD, POST"),
            Map.entry(ValuePages.PATH, "GET, HEAD, POST"),
            Map.entry(StackPages.PATH, "GET, HEAD, POST"),
            Map.entry(VolumePages.PATH, "GET, HEAD, POST"),
            Map.entry(VolumePages.SNAPSHOT, "GET"),
            Map.entry(VolumePages.RESTORE, "GET, HEAD, POST"),
            Map.entry(RenderPages.PATH, "GET, HEAD"),
            Map.entry(ImagePages.PATH, "GET, HEAD, POST"),
            Map.entry(ImagePages.PUSH, "GET, HEAD, POST"));

    /** Those whose form has a file, which is a stream. */
    public static final Set<String> UPLOADS = Set.of(VolumePages.RESTORE, ImagePages.PUSH);

    /** The query parameters of those that have any. */
    public static final Map<String, Set<String>> PARAMETERS = Map.of(
            "/dashboard",
            Set.of("deployed", "undeployed", "changed"),
            "/dashboard/login",
            Set.of(LoginPage.TO),
            ValuePages.PATH,
            ValuePages.PARAMETERS,
            VolumePages.PATH,
            VolumePages.PARAMETERS,
            VolumePages.SNAPSHOT,
            VolumePages.OF_ONE,
            VolumePages.RESTORE,
            VolumePages.OF_ONE,
            RenderPages.PATH,
            RenderPages.PARAMETERS);

    /** The fields of its forms. */
    public static final Map<String, Set<String>> FORMS = Map.ofEntries(
            Map.entry("/dashboard/deploy", DeployForm.FIELDS),
            Map.entry("/dashboard/login", LoginPage.FIELDS),
            Map.entry("/dashboard/logout", Set.of(CsrfTokens.FIELD)),
            Map.entry("/dashboard/undeploy", Set.of(CsrfTokens.FIELD, "name", "revision", "volumes")),
            Map.entry("/dashboard/plan", ChangeForm.FIELDS),
            Map.entry("/dashboard/change", ChangeForm.FIELDS),
            Map.entry(ValuePages.PATH, ValueForm.FIELDS),
            Map.entry(StackPages.PATH, StackForm.FIELDS),
            Map.entry(VolumePages.PATH, VolumeForm.FIELDS),
            Map.entry(VolumePages.RESTORE, Set.of(CsrfTokens.FIELD)),
            Map.entry(ImagePages.PATH, ImageForm.FIELDS),
            Map.entry(ImagePages.PUSH, ImageForm.PUSHED));

    /** Those of them that may come more than once. */
    public static final Set<String> LISTS = Set.of("destination", "content");

    /** Where a visitor shows his token. */
    public static final String LOGIN = "/dashboard/login";

    private static final int RECENT = 30;
    static final String OLD_PAGE =
            "This page was opened before the server was last started. Nothing was done; please check and send it again.";
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,63}");
    private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9._-]{1,253}");

    private final Orchestrator orchestrator;
    private final CsrfTokens tokens;
    private final Pages pages = new Pages();
    private final String eventTypes = eventTypes();
    private final Sender sender;
    private final LoginPage login;
    private final Visitors visitors;
    private final NodeImages images;

    /** Sends an answer that is whole in memory. */
    @FunctionalInterface
    public interface Sender {
        void send(RoutingContext ctx, int status, String type, Buffer body);
    }

    /** What comes and goes in pieces, and is never whole here. Each answers by itself where it fails. */
    public interface Streams {
        /**
         * Answers with what is in the volume that the path and the parameter {@code node} name.
         *
         * @param comes says of the answer what else is to be said, where there is something to send
         */
        void snapshot(RoutingContext ctx, Consumer<HttpServerResponse> comes);

        /**
         * Restores the volume that they name from the form's file.
         *
         * @param taken says of the answer what is to be said once it is done
         */
        void restore(RoutingContext ctx, Consumer<HttpServerResponse> taken);

        /**
         * Pushes the form's file.
         *
         * @param nodes by their ids; none: all that can take it
         * @param answer what became of it
         */
        void push(RoutingContext ctx, String image, List<String> nodes, Consumer<Pushed> answer);
    }

    /** What a person is shown of what went wrong; null: he is none. */
    @FunctionalInterface
    public interface FailurePage {
        @Nullable
        String of(RoutingContext ctx, int status, KnitException why);
    }

    private Dashboard(Orchestrator orchestrator, IdSource ids, Sender sender, Visitors visitors, NodeImages images) {
        this.orchestrator = orchestrator;
        this.sender = sender;
        this.visitors = visitors;
        this.images = images;
        this.tokens = new CsrfTokens(
                ids, new CookieName("knit_csrf", () -> orchestrator.snapshot().cluster()));
        this.login = new LoginPage(visitors, tokens, pages, sender);
    }

    /**
     * Adds {@code /dashboard} and what belongs to it to a router that reads bodies and answers failures.
     *
     * @param ids for secrets
     * @param stacks reads Compose files, as many at once as there is room for
     * @return how a person is told what went wrong
     */
    public static FailurePage mount(
            Router router,
            Orchestrator orchestrator,
            IdSource ids,
            Sender sender,
            Visitors visitors,
            NodeImages images,
            StackReader stacks,
            Streams streams) {
        Dashboard dashboard = new Dashboard(orchestrator, ids, sender, visitors, images);
        get(router, "/", ctx -> ctx.redirect("/dashboard"));
        get(router, "/dashboard", dashboard::page);
        get(router, "/dashboard/fragments", ctx -> dashboard.html(ctx, 200, "fragments.peb", dashboard.model(ctx)));
        get(router, "/dashboard/nodes/:id", dashboard::node);
        get(router, "/dashboard/nodes/:id/images", dashboard::images);
        dashboard.file(router, "/dashboard/app.js", "app.js", "text/javascript; charset=utf-8");
        dashboard.file(router, "/dashboard/style.css", "style.css", "text/css; charset=utf-8");
        dashboard.file(router, "/dashboard/icon.svg", "icon.svg", "image/svg+xml");
        // where a refused form leaves the browser; somebody may open that address again
        get(router, "/dashboard/deploy", ctx -> ctx.redirect("/dashboard"));
        get(router, "/dashboard/undeploy", ctx -> ctx.redirect("/dashboard"));
        get(router, "/dashboard/plan", ctx -> ctx.redirect("/dashboard"));
        get(router, "/dashboard/change", ctx -> ctx.redirect("/dashboard"));
        dashboard.login.mount(router);
        new ChangePages(orchestrator, dashboard).mount(router);
        new ValuePages(orchestrator, dashboard).mount(router);
        new VolumePages(orchestrator, dashboard, streams).mount(router);
        new StackPages(orchestrator, dashboard, stacks).mount(router);
        new ImagePages(orchestrator, dashboard, images, streams).mount(router);
        new RenderPages(orchestrator, dashboard).mount(router);
        router.post("/dashboard/deploy").handler(dashboard::deploy);
        return dashboard::failure;
    }

    /** Where who wanted to see a page is asked for his token, and is brought to that page then. */
    public static String loginFor(HttpServerRequest request) {
        return LoginPage.leadingTo(request.path());
    }

    /** Whether a person looks at what is answered, and not a program. */
    public static boolean isLookedAt(HttpServerRequest request) {
        String accepted = request.getHeader("Accept");
        return isOfDashboard(request) && accepted != null && accepted.contains("text/html");
    }

    public static boolean isOfDashboard(HttpServerRequest request) {
        return request.path().equals("/dashboard") || request.path().startsWith("/dashboard/");
    }

    private @Nullable String failure(RoutingContext ctx, int status, KnitException why) {
        if (!isLookedAt(ctx.request())) {
            return null;
        }
        String words = String.valueOf(why.getMessage());
        return why.code() == ErrorCode.UNAUTHENTICATED
                ? login.html(ctx, words)
                : pages.render("failure.peb", Map.of("status", status, "words", words));
    }

    private void page(RoutingContext ctx) {
        Map<String, Object> model = model(ctx);
        model.put("notice", notice(ctx));
        form(model, DeployForm.EMPTY, FormErrors.none());
        html(ctx, 200, "page.peb", model);
    }

    private void node(RoutingContext ctx) {
        String id = ctx.pathParam("id");
        Node node = orchestrator
                .node(id)
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND, "there is no node " + Pointers.quoted(id) + "; /dashboard lists all"));
        ClusterSnapshot snapshot = orchestrator.snapshot();
        Map<String, Object> model = new HashMap<>();
        model.put("node", NodePage.of(node, snapshot, visitors.of(ctx), orchestrator.liveness(id)));
        model.put("typed", ChangeForm.NONE);
        model.put("lastEvent", snapshot.lastEvent());
        model.put("eventTypes", eventTypes);
        model.put("here", "");
        show(ctx, "node.peb", model);
    }

    /** A page of its own, which does not renew itself: each look asks the node's engine. */
    private void images(RoutingContext ctx) {
        Context context = ctx.vertx().getOrCreateContext();
        NodeImages.Asking asking = images.ask(List.of(ctx.pathParam("id")), ImagesAsked.LIST);
        ctx.addEndHandler(ended -> asking.cancel().run());
        asking.said()
                .onComplete(said -> context.runOnContext(now -> {
                    if (said.succeeded()) {
                        Map<String, Object> model = new HashMap<>();
                        model.put("page", NodeImagesPage.of(said.result().get(0)));
                        show(ctx, "node-images.peb", model);
                    } else {
                        ctx.fail(said.cause());
                    }
                }));
    }

    private void deploy(RoutingContext ctx) {
        DeployForm form = DeployForm.of(ctx.request().formAttributes());
        if (!tokens.valid(ctx)) {
            again(ctx, 403, form, FormErrors.general(OLD_PAGE));
        } else if (ctx.request().getFormAttribute("more") != null) {
            again(ctx, 200, form.withOneMoreTemplate(), FormErrors.none());
        } else if (ctx.request().getFormAttribute("edit") != null) {
            again(ctx, 200, form, FormErrors.none());
        } else {
            try {
                if (ctx.request().getFormAttribute("show") != null) {
                    render(ctx, form);
                    return;
                }
                orchestrator
                        .run(new Command.Deploy(FormReader.read(form)), caller(ctx))
                        .onSuccess(view -> seeOther(ctx, "deployed=" + view.name()))
                        .onFailure(failure -> refuse(ctx, form, failure));
            } catch (KnitException e) {
                refuse(ctx, form, e);
            }
        }
    }

    private void render(RoutingContext ctx, DeployForm form) {
        orchestrator
                .render(FormReader.read(form), null, caller(ctx))
                .onSuccess(rendering -> {
                    Map<String, Object> model = new HashMap<>();
                    model.put("page", RenderView.of(rendering));
                    model.put("form", form);
                    model.put("node", "");
                    model.put("here", "");
                    show(ctx, "render.peb", model);
                })
                .onFailure(failure -> refuse(ctx, form, failure));
    }

    /** Whether the form is of a page of ours; else it is answered. */
    boolean isOfThisPage(RoutingContext ctx) {
        boolean valid = tokens.valid(ctx);
        if (!valid) {
            again(ctx, 403, DeployForm.EMPTY, FormErrors.general(OLD_PAGE));
        }
        return valid;
    }

    /** Whether the form is of a page of ours. */
    boolean isGiven(RoutingContext ctx) {
        return tokens.valid(ctx);
    }

    /** The same of a form whose file is still to come: only words can be answered to that. */
    void requireGiven(RoutingContext ctx) {
        if (!tokens.valid(ctx)) {
            throw new KnitException(ErrorCode.FORBIDDEN, OLD_PAGE);
        }
    }

    /** A page with a form of its own. */
    void show(RoutingContext ctx, String page, Map<String, Object> model) {
        show(ctx, 200, page, model);
    }

    void show(RoutingContext ctx, int status, String page, Map<String, Object> model) {
        model.put("csrf", tokens.issue(ctx));
        model.put("who", who(ctx));
        model.put("may", Allowed.of(visitors.of(ctx)));
        html(ctx, status, page, model);
    }

    /** Who sends the request, and that he does so here. */
    Caller caller(RoutingContext ctx) {
        Caller caller = visitors.of(ctx);
        return new Caller(caller.name(), caller.role(), "the dashboard at " + caller.from(), caller.deployments());
    }

    private void refuse(RoutingContext ctx, DeployForm form, Throwable failure) {
        if (failure instanceof KnitException expected && expected.code().kind() != ErrorKind.INTERNAL) {
            again(ctx, status(expected), form, FormErrors.of(expected, form));
        } else {
            ctx.fail(failure);
        }
    }

    /** What a button asked for, and not the deploy form: it stands at no field of that. */
    void refuse(RoutingContext ctx, ChangeForm typed, Throwable failure) {
        if (failure instanceof KnitException expected && expected.code().kind() != ErrorKind.INTERNAL) {
            again(ctx, status(expected), DeployForm.EMPTY, typed, FormErrors.nothingDone(expected));
        } else {
            ctx.fail(failure);
        }
    }

    static int status(KnitException expected) {
        return switch (expected.code().kind()) {
            case USER -> expected.code() == ErrorCode.FORBIDDEN ? 403 : 400;
            case CONFLICT -> 409;
            default -> 503;
        };
    }

    /** The page with what was typed. */
    private void again(RoutingContext ctx, int status, DeployForm form, FormErrors errors) {
        again(ctx, status, form, ChangeForm.NONE, errors);
    }

    private void again(RoutingContext ctx, int status, DeployForm form, ChangeForm typed, FormErrors errors) {
        Map<String, Object> model = model(ctx);
        model.put("typed", typed);
        model.put("notice", "");
        form(model, form, errors);
        html(ctx, status, "page.peb", model);
    }

    private static void form(Map<String, Object> model, DeployForm form, FormErrors errors) {
        model.put("form", form);
        model.put("words", FormWords.all());
        model.put("errors", errors.byField());
        model.put("failed", errors.any());
    }

    private Map<String, Object> model(RoutingContext ctx) {
        Caller visitor = visitors.of(ctx);
        ClusterSnapshot snapshot = orchestrator.snapshot();
        Map<String, Object> model = new HashMap<>();
        model.put("who", who(ctx));
        model.put("here", "/dashboard");
        model.put("may", Allowed.of(visitor));
        model.put("typed", ChangeForm.NONE);
        model.put(
                "view", Overview.of(snapshot, visitor, recent(snapshot.lastEvent(), visitor), orchestrator::liveness));
        model.put("ready", orchestrator.ready());
        model.put("csrf", tokens.issue(ctx));
        model.put("lastEvent", snapshot.lastEvent());
        model.put("eventTypes", eventTypes);
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

    /** Empty: nobody is asked. */
    private String who(RoutingContext ctx) {
        Caller visitor = visitors.of(ctx);
        return visitors.asked() ? visitor.name() + ", " + visitor.role().name().toLowerCase(Locale.ROOT) : "";
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
                    .filter(view -> visitors.of(ctx).isFor(view.name()))
                    .map(Dashboard::accepted)
                    .orElse("");
        }
        return undeployed != null && NAME.matcher(undeployed).matches() ? undeployed + " is being undeployed." : "";
    }

    private static String accepted(DeploymentView view) {
        return view.name() + " was accepted as revision " + view.deployment().revision() + ".";
    }

    private void html(RoutingContext ctx, int status, String page, Map<String, Object> model) {
        sender.send(ctx, status, "text/html; charset=utf-8", Buffer.buffer(pages.render(page, model)));
    }

    static void seeOther(RoutingContext ctx, String query) {
        ctx.response()
                .setStatusCode(303)
                .putHeader("Location", "/dashboard?" + query)
                .end();
    }

    private void file(Router router, String path, String name, String type) {
        Buffer content = Buffer.buffer(Pages.file(name));
        get(router, path, ctx -> {
            ctx.response().putHeader("Cache-Control", "no-cache");
            sender.send(ctx, 200, type, content);
        });
    }

    static void get(Router router, String path, Consumer<RoutingContext> handler) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler::accept);
    }

    /** All there are, since a browser's EventSource hands out named events only to who asks for them by name. */
    private static String eventTypes() {
        List<String> types = new ArrayList<>(List.of("reset"));
        types.addAll(EventTypes.ALL);
        return String.join(" ", types);
    }
}

package io.knit.core.server.dashboard;

import io.knit.core.server.dashboard.form.ChangeForm;
import io.knit.core.server.dashboard.form.DeployForm;
import io.knit.core.server.dashboard.frame.CsrfTokens;
import io.knit.core.server.dashboard.frame.LoginPage;
import io.knit.core.server.dashboard.image.ImageForm;
import io.knit.core.server.dashboard.image.ImagePages;
import io.knit.core.server.dashboard.image.NodeImagePages;
import io.knit.core.server.dashboard.node.NodePages;
import io.knit.core.server.dashboard.node.WhatIfPages;
import io.knit.core.server.dashboard.overview.ChangePages;
import io.knit.core.server.dashboard.overview.DeployPages;
import io.knit.core.server.dashboard.overview.OverviewPage;
import io.knit.core.server.dashboard.render.RenderPages;
import io.knit.core.server.dashboard.stack.StackForm;
import io.knit.core.server.dashboard.stack.StackPages;
import io.knit.core.server.dashboard.value.ValueForm;
import io.knit.core.server.dashboard.value.ValuePages;
import io.knit.core.server.dashboard.volume.VolumeForm;
import io.knit.core.server.dashboard.volume.VolumePages;
import java.util.Map;
import java.util.Set;

/** The dashboard's paths, and what each takes: for who refuses everything else before it gets there. */
public final class DashboardRoutes {
    /** What may be done at each. */
    public static final Map<String, String> PATHS = Map.ofEntries(
            Map.entry("/", "GET, HEAD"),
            Map.entry(OverviewPage.PATH, "GET, HEAD"),
            Map.entry("/dashboard/fragments", "GET, HEAD"),
            Map.entry(NodePages.PATH, "GET, HEAD"),
            Map.entry(WhatIfPages.PATH, "GET, HEAD, POST"),
            Map.entry(NodeImagePages.PATH, "GET, HEAD"),
            Map.entry("/dashboard/app.js", "GET, HEAD"),
            Map.entry("/dashboard/style.css", "GET, HEAD"),
            Map.entry("/dashboard/icon.svg", "GET, HEAD"),
            Map.entry(LoginPage.PATH, "GET, HEAD, POST"),
            Map.entry(LoginPage.OUT, "GET, HEAD, POST"),
            Map.entry(DeployPages.PATH, "GET, HEAD, POST"),
            Map.entry(ChangePages.UNDEPLOY, "GET, HEAD, POST"),
            Map.entry(ChangePages.PLAN, "GET, HEAD, POST"),
            Map.entry(ChangePages.CHANGE, "GET, HEAD, POST"),
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
            OverviewPage.PATH,
            OverviewPage.PARAMETERS,
            LoginPage.PATH,
            LoginPage.PARAMETERS,
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

    /** The fields of their forms. */
    public static final Map<String, Set<String>> FORMS = Map.ofEntries(
            Map.entry(DeployPages.PATH, DeployForm.FIELDS),
            Map.entry(LoginPage.PATH, LoginPage.FIELDS),
            Map.entry(LoginPage.OUT, Set.of(CsrfTokens.FIELD)),
            Map.entry(ChangePages.UNDEPLOY, ChangePages.UNDEPLOYED),
            Map.entry(ChangePages.PLAN, ChangeForm.FIELDS),
            Map.entry(ChangePages.CHANGE, ChangeForm.FIELDS),
            Map.entry(WhatIfPages.PATH, WhatIfPages.FIELDS),
            Map.entry(ValuePages.PATH, ValueForm.FIELDS),
            Map.entry(StackPages.PATH, StackForm.FIELDS),
            Map.entry(VolumePages.PATH, VolumeForm.FIELDS),
            Map.entry(VolumePages.RESTORE, Set.of(CsrfTokens.FIELD)),
            Map.entry(ImagePages.PATH, ImageForm.FIELDS),
            Map.entry(ImagePages.PUSH, ImageForm.PUSHED));

    /** Those of the fields that may come more than once. */
    public static final Set<String> LISTS = Set.of("destination", "content");

    private DashboardRoutes() {}
}

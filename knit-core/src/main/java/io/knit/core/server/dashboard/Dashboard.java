package io.knit.core.server.dashboard;

import io.knit.api.Orchestrator;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.dashboard.frame.Visitors;
import io.knit.core.server.dashboard.image.ImagePages;
import io.knit.core.server.dashboard.image.NodeImagePages;
import io.knit.core.server.dashboard.node.NodePages;
import io.knit.core.server.dashboard.node.WhatIfPages;
import io.knit.core.server.dashboard.overview.OverviewPage;
import io.knit.core.server.dashboard.render.RenderPages;
import io.knit.core.server.dashboard.stack.StackPages;
import io.knit.core.server.dashboard.value.ValuePages;
import io.knit.core.server.dashboard.volume.VolumePages;
import io.knit.core.server.image.NodeImages;
import io.knit.core.server.stack.StackReader;
import io.vertx.ext.web.Router;

/** All pages: a room each by what they are about. Everything works by plain requests; {@code app.js} only fetches {@code /dashboard/fragments}. */
public final class Dashboard {
    /** What comes and goes in pieces, and is never whole here. Each answers by itself where it fails. */
    public interface Streams extends VolumePages.Streams, ImagePages.Pushing {}

    private Dashboard() {}

    /**
     * Adds {@code /dashboard} and what belongs to it to a router that reads bodies and answers failures.
     *
     * @param ids for secrets
     * @param stacks reads Compose files, as many at once as there is room for
     * @return how a person is told what went wrong
     */
    public static Frame.FailurePage mount(
            Router router,
            Orchestrator orchestrator,
            IdSource ids,
            Frame.Sender sender,
            Visitors visitors,
            NodeImages images,
            StackReader stacks,
            Streams streams) {
        Frame frame = new Frame(ids, () -> orchestrator.snapshot().cluster(), sender, visitors);
        frame.mount(router);
        new OverviewPage(orchestrator, frame).mount(router);
        new NodePages(orchestrator, frame).mount(router);
        new WhatIfPages(orchestrator, frame).mount(router);
        new NodeImagePages(frame, images).mount(router);
        new ValuePages(orchestrator, frame).mount(router);
        new VolumePages(orchestrator, frame, streams).mount(router);
        new StackPages(orchestrator, frame, stacks).mount(router);
        new ImagePages(orchestrator, frame, images, streams).mount(router);
        new RenderPages(orchestrator, frame).mount(router);
        return frame::failure;
    }
}

package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.compose.text.ComposeFindings;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Spot;
import java.util.List;
import java.util.Map;

/** Each service to a spec, subject by subject. */
public final class ComposeTaking {
    private final ServiceAround around;
    private final ComposeFindings findings;
    private final TakenFolders folders;

    public ComposeTaking(ServiceAround around, ComposeFindings findings) {
        this.around = around;
        this.findings = findings;
        this.folders = new TakenFolders(around);
    }

    /**
     * A spec, and where each of its fields comes from.
     *
     * @param spec as {@code POST /deployments} takes it
     * @param places by JSON pointer
     * @param secrets those whose content the file names
     */
    public record Taken(ObjectNode spec, Map<String, Spot> places, List<ComposeSecret> secrets) {}

    /** What can't be taken is in the findings, and not in the spec. */
    public Taken take(String name, Part service) {
        ServiceReading in = new ServiceReading(around, service, findings);
        Part deploy =
                in.given("deploy").map(part -> in.map(part, "deploy")).orElse(Part.nothing(service.spotOf("deploy")));
        in.draft.set("name", service.spot(), around.deployments().getOrDefault(name, name));
        in.draft.set("stack", service.spot(), around.project());
        new TakenProcess(in).take();
        new TakenMode(in, deploy, around.jobs().contains(name)).take();
        new TakenIsolation(in).take();
        new TakenNetwork(in, name).take();
        new TakenPorts(in).take();
        new TakenCare(in).take();
        new TakenResources(in, deploy).take();
        new TakenDeploy(in, deploy).take(!in.draft.json().path("mode").asText().equals("job"));
        new TakenOrder(in, name).take();
        List<ComposeSecret> secrets = new TakenFiles(in).take();
        new TakenVolumes(in, name, folders).take();
        return new Taken(in.draft.json(), in.draft.places(), secrets);
    }
}

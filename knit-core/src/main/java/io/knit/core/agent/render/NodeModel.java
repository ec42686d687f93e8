package io.knit.core.agent.render;

import io.knit.api.model.DeploymentSpec;
import io.knit.core.template.TemplateModel;
import io.knit.core.wire.Assignment;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What templates may know of the node. */
public record NodeModel(
        String id,
        String hostname,
        Map<String, String> labels,
        @Nullable String meshIp) {
    /** All that the templates of an instance on this node see. */
    public Map<String, Object> with(Assignment assignment, DeploymentSpec spec) {
        return TemplateModel.create()
                .node(id, hostname, labels, meshIp)
                .deployment(assignment.deployment(), assignment.revision(), spec.labels(), spec.image())
                .instance(assignment.instance(), assignment.slot(), assignment.ports())
                .env(spec.env())
                .build();
    }
}

package io.knit.core.server.command;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Resources;
import java.util.ArrayList;
import java.util.List;

/** What a deployment may ask of hosts, and of others, only by the hand of an admin (pure): each field weakens what keeps it apart from them. */
final class Privileges {
    private Privileges() {}

    /** As fields with their values; empty: it asks for nothing of the kind. */
    static List<String> askedBy(DeploymentSpec spec) {
        List<String> asked = new ArrayList<>();
        if (!spec.noNewPrivileges()) {
            asked.add("no_new_privileges: false");
        }
        if (spec.resources().pids() == Resources.UNLIMITED) {
            asked.add("resources.pids: unlimited");
        }
        if (spec.priority() > DeploymentSpec.PRIORITY) {
            asked.add("priority: " + spec.priority());
        }
        if (spec.preempt()) {
            asked.add("preempt: true");
        }
        return asked;
    }
}

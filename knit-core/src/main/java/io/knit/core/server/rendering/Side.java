package io.knit.core.server.rendering;

import io.knit.api.command.Caller;
import io.knit.api.command.Value;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.TemplateSpec;
import io.knit.core.server.command.Policy;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.state.OlderValue;
import io.knit.core.server.state.Revision;
import io.knit.core.template.TemplateModel;
import io.knit.core.template.bound.ValueReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A revision with what it reads, as its caller may see it: secrets have stand-ins and are never opened, and so has what another deployed and he may not read. Not thread-safe.
 */
final class Side {
    private final ClusterState state;
    private final Revision revision;
    private final Caller caller;
    private final StandIns standIns;
    private final Set<String> masked = new TreeSet<>();
    /** Whether what is not there is empty. */
    private boolean withoutMissing;

    Side(ClusterState state, Revision revision, Caller caller, StandIns standIns) {
        this.state = state;
        this.revision = revision;
        this.caller = caller;
        this.standIns = standIns;
    }

    DeploymentSpec spec() {
        return revision.spec();
    }

    Revision revision() {
        return revision;
    }

    /** What was read since it was asked last and is not shown. */
    Set<String> masked() {
        Set<String> all = new TreeSet<>(masked);
        masked.clear();
        return all;
    }

    /** As this one reads, until it is another. */
    void by(TemplateSpec template) {
        withoutMissing = template.onMissing() == TemplateSpec.OnMissing.DEFAULT;
    }

    /** @param twin whose stand-ins */
    ValueReader reader(int twin) {
        return new ValueReader() {
            @Override
            public String read(String kind, String name) {
                return value(kind, name, twin);
            }

            @Override
            public List<Map<String, Object>> service(String name) {
                return List.of(TemplateModel.endpoint(
                        standIns.text("service(" + name + ").instance", "<" + name + ".instance>", twin),
                        standIns.text("service(" + name + ").node", "<" + name + ".node>", twin),
                        standIns.text("service(" + name + ").address", "<" + name + ".address>", twin),
                        List.of(new TemplateModel.ServicePort(
                                standIns.number(name + ".port", twin),
                                standIns.number(name + ".container_port", twin),
                                Protocol.TCP))));
            }
        };
    }

    private String value(String kind, String name, int twin) {
        if (withoutMissing && !revision.reads().containsKey(kind + "/" + name)) {
            return "";
        }
        if (kind.equals(Value.Kind.SECRET.wireName()) || !Policy.mayRead(caller, name)) {
            requireThere(kind, name);
            masked.add(kind + " " + name);
            return standIns.text(kind + " " + name, "***", twin);
        }
        return content(kind, name)
                .text()
                .orElseThrow(() -> new ValueReader.MissingException(kind + "(\"" + name + "\") is no text in UTF-8"));
    }

    /**
     * A file that is a template.
     *
     * @throws ValueReader.MissingException if it is not there, or its caller may not read it
     */
    Value.Content file(String name) {
        if (!Policy.mayRead(caller, name)) {
            throw new ValueReader.MissingException(
                    "it is the file " + name + ", which " + caller.name() + " may not read");
        }
        return content(Value.Kind.FILE.wireName(), name);
    }

    private Value.Content content(String kind, String name) {
        return Value.Content.of(known(kind, name).bytes());
    }

    private void requireThere(String kind, String name) {
        known(kind, name);
    }

    /** In the version that the revision reads. */
    private KnownValue known(String kind, String name) {
        String at = kind + "/" + name;
        Integer version = revision.reads().get(at);
        KnownValue newest = state.values().all().get(at);
        KnownValue known = newest;
        if (version != null && (newest == null || newest.value().version() != version)) {
            known = older(at, version);
        }
        if (version == null || known == null) {
            throw new ValueReader.MissingException(
                    kind + "(\"" + name + "\") is not there" + (version == null ? "" : " in version " + version));
        }
        return known;
    }

    private @Nullable KnownValue older(String at, int version) {
        OlderValue older = state.values().older().get(OlderValue.at(at, version));
        return older == null ? null : older.known();
    }
}

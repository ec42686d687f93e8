package io.knit.core.server.dispatch;

import io.knit.api.command.Value;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.rules.ImageReference;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.value.Sealing;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.ValuesPage;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.seal.SealedFor;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives nodes what their orders read of variables, secrets and files, and the logins of the registries that their images are of, and nothing else of it: secrets sealed for the one agent
 * that asks.
 */
public final class ValueDesk {
    private final Supplier<Sealing> sealing;

    /** @param sealing one for each page: by it secrets open, and its chance is never given twice */
    public ValueDesk(Supplier<Sealing> sealing) {
        this.sealing = sealing;
    }

    ValuesPage page(ClusterState state, AssignmentSet set, AssignmentsRequest request, List<String> asked, int most) {
        Map<String, ReadValue> own = new HashMap<>();
        for (Assignment assignment : set.assignments().values()) {
            assignment.reads().forEach(value -> own.put(value.key(), value));
        }
        addLogins(state, set, own);
        Sealing once = sealing.get();
        List<ReadValue> page = new ArrayList<>();
        Map<String, String> refused = new LinkedHashMap<>();
        int bytes = 0;
        for (String key : asked) {
            ReadValue wanted = own.remove(key);
            if (wanted == null) {
                continue;
            }
            KnownValue known = kept(state, wanted);
            if (known == null) {
                refused.put(key, "it is not kept any more; deploy what reads it again");
                continue;
            }
            bytes += known.body().length();
            if (bytes > most && !page.isEmpty()) {
                break;
            }
            give(wanted, known, once, request.sealTo(), page, refused);
        }
        return new ValuesPage(WireCodec.VERSION, state.cluster(), List.copyOf(page), refused);
    }

    /** Only those that there are: who asks for another one is told nothing of it. */
    private static void addLogins(ClusterState state, AssignmentSet set, Map<String, ReadValue> own) {
        if (state.values().of(Value.Kind.REGISTRY).isEmpty()) {
            return;
        }
        Set<String> hosts = new HashSet<>();
        for (Assignment assignment : set.assignments().values()) {
            DeploymentSpec spec = assignment.spec();
            if (spec != null) {
                hosts.add(ImageReference.registry(spec.image()));
                spec.initContainers().forEach(part -> hosts.add(ImageReference.registry(part.image())));
                spec.sidecars().forEach(part -> hosts.add(ImageReference.registry(part.image())));
            }
        }
        set.prepare().stream()
                .flatMap(prepare -> prepare.images().stream())
                .forEach(image -> hosts.add(ImageReference.registry(image)));
        for (String host : hosts) {
            ReadValue login = ReadValue.login(host);
            if (kept(state, login) != null) {
                own.put(login.key(), login);
            }
        }
    }

    /** Of a login it is the newest, whose key has no version. */
    private static @Nullable KnownValue kept(ClusterState state, ReadValue wanted) {
        return wanted.version() == 0
                ? state.values().get(Value.Kind.REGISTRY, wanted.name())
                : state.values().version(wanted.at(), wanted.version());
    }

    private static void give(
            ReadValue wanted,
            KnownValue known,
            Sealing once,
            @Nullable String to,
            List<ReadValue> page,
            Map<String, String> refused) {
        if (!known.isSealed()) {
            page.add(wanted.with(known.body()));
            return;
        }
        try {
            Value.Content content = once.open(known);
            String body = SealedFor.seal(to == null ? "" : to, wanted.about(), content.bytes(), once.chance())
                    .map(box -> Base64.getEncoder().encodeToString(box))
                    .orElse(null);
            if (body == null) {
                refused.put(wanted.key(), "the agent told no key for which it could be sealed");
            } else {
                page.add(wanted.with(body));
            }
        } catch (KnitException e) {
            refused.put(wanted.key(), String.valueOf(e.getMessage()));
        }
    }
}

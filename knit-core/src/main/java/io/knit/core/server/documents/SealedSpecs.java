package io.knit.core.server.documents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.server.documents.kept.KeptSpec;
import io.knit.core.server.documents.kept.Tables;
import io.knit.core.server.value.Sealing;
import io.knit.core.wire.SealedPassword;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.WireCodec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Specs as documents: one that logs in at a registry stands in a table of its own, with the password sealed, so that a release of before refuses the store instead of taking it for
 * one without. The box is bound to all the rest of the spec: in another one it does not open.
 */
final class SealedSpecs {
    private static final String AUTH = "registry_auth";
    private static final String PASSWORD = "password";

    private SealedSpecs() {}

    /** The write of a spec under its name. Where there is no key to seal with, it stays in clear, as it was before. */
    static StoreWrite put(String blob, DeploymentSpec spec, Sealing sealing) {
        String text = SpecBlob.textOf(spec);
        if (!isToSeal(spec, sealing)) {
            return StoreWrite.put(Tables.SPEC, blob, text);
        }
        ObjectNode tree = WireCodec.parse(text);
        SealedPassword sealed = SealedPassword.in(spec.registryAuth());
        return put(blob, sealed == null ? sealed(blob, tree, sealing) : kept(tree, sealed));
    }

    /**
     * What seals one whose password opens, wherever its document is. In the place of the one in clear is left what is not secret: by that the next
     * start knows that the store is to be wiped of what was there, and removes it.
     */
    static List<StoreWrite> seal(String blob, DeploymentSpec spec, Sealing sealing) {
        StoreWrite put = put(blob, spec, sealing);
        if (!isToSeal(spec, sealing)) {
            return List.of(put);
        }
        ObjectNode bare = WireCodec.parse(SpecBlob.textOf(spec));
        bare.remove(AUTH);
        return List.of(put, StoreWrite.put(Tables.SPEC, blob, WireCodec.encodeText(bare)));
    }

    static StoreWrite put(String blob, KeptSpec kept) {
        return StoreWrite.put(Tables.SEALED, blob, WireCodec.encodeText(kept));
    }

    /** Whether its document is in the table of those. */
    private static boolean isToSeal(DeploymentSpec spec, Sealing sealing) {
        return spec.registryAuth() != null
                && (!sealing.keys().isEmpty() || SealedPassword.in(spec.registryAuth()) != null);
    }

    /** Whether it has a password that opens. */
    static boolean isOpen(DeploymentSpec spec) {
        return spec.registryAuth() != null && SealedPassword.in(spec.registryAuth()) == null;
    }

    /** What removes a spec's document, wherever it is. */
    static List<StoreWrite> remove(String blob, DeploymentSpec spec) {
        StoreWrite clear = StoreWrite.remove(Tables.SPEC, blob);
        return spec.registryAuth() == null ? List.of(clear) : List.of(clear, StoreWrite.remove(Tables.SEALED, blob));
    }

    /**
     * A spec with its password sealed by the first key.
     *
     * @param tree with the password; it is taken out
     */
    static KeptSpec sealed(String blob, ObjectNode tree, Sealing sealing) {
        ObjectNode secret = tree.objectNode();
        secret.set(PASSWORD, tree.withObject("/" + AUTH).remove(PASSWORD));
        // the name has the password in it: two specs that differ in nothing else are sealed by another nonce each
        Sealing once = new Sealing(sealing.keys(), sealing.chance() + "\n" + blob);
        return new KeptSpec(tree, sealing.keys().first(), once.seal(about(tree), WireCodec.encodeText(secret)));
    }

    private static KeptSpec kept(ObjectNode tree, SealedPassword sealed) {
        tree.withObject("/" + AUTH).remove(PASSWORD);
        return new KeptSpec(tree, sealed.key(), sealed.box());
    }

    private static String about(ObjectNode bare) {
        return "knit " + AUTH + "\n" + WireCodec.encodeText(bare);
    }

    /**
     * The spec's tree with its password, or with what stands in its place where that does not open.
     *
     * @param keys without any: nothing opens
     */
    static ObjectNode opened(KeptSpec kept, Sealing keys) {
        ObjectNode tree = kept.spec().deepCopy();
        if (!tree.path(AUTH).isObject()) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "it has a password and nobody whose it is");
        }
        String text = open(kept, keys);
        ObjectNode auth = tree.withObject("/" + AUTH);
        if (text == null) {
            auth.put(PASSWORD, new SealedPassword(kept.key(), kept.box()).text());
        } else {
            auth.setAll(WireCodec.parse(text));
        }
        tree.set(AUTH, inOrder(auth));
        return tree;
    }

    /** As the text had them of which the spec's name is a hash. */
    private static ObjectNode inOrder(ObjectNode fields) {
        Map<String, JsonNode> sorted = new TreeMap<>();
        fields.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
        return fields.objectNode().setAll(sorted);
    }

    private static @Nullable String open(KeptSpec kept, Sealing keys) {
        try {
            return keys.open(about(kept.spec()), kept.key(), kept.box());
        } catch (KnitException e) {
            return null;
        }
    }
}

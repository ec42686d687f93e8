/**
 * The one table of a spec's fields: {@link io.knit.core.spec.SpecTable} says of each what it is called, what JSON it is, what it may be, what it
 * is unless given, since when agents know it, whether it is a secret, what it is for and what it means. Whoever reads, checks, shows, compares or
 * describes specs goes by it, so that a new field is one more row (pure).
 *
 * <pre>{@code
 * for (Field<DeploymentSpec> field : SpecTable.SPEC.fields()) {
 *     System.out.println(field.name() + ": " + field.doc());
 * }
 * }</pre>
 */
@NullMarked
package io.knit.core.spec;

import org.jspecify.annotations.NullMarked;

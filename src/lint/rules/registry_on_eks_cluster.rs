use super::prelude::*;

rule!(RegistryOnEksCluster, "registry-on-eks-cluster", Warning);

fn check(site: &Site<'_>, findings: &mut Findings<'_>) {
    let key = AnnotationField::DefaultRegistry.key(None);
    for object in &site.relevant {
        let server = ["stringData", "data"].map(|data| object.text(&[data, "server"]).unwrap_or_default());
        // Base64 of the same beginning.
        let is_eks = server[0].starts_with("arn:aws:eks:") || server[1].starts_with("YXJuOmF3czpla3M6");
        let path = ["metadata", "annotations", &key];
        if let (true, Some(spot)) = (is_eks, Spot::of_path(object, &path)) {
            findings
                .add(spot.key(), "Octopus cannot read annotations of clusters on EKS's managed Argo CD")
                .label("ignored")
                .help("annotate the Applications of that cluster instead");
        }
    }
}

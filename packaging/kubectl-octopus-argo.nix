# Nix expression: `scripts/release.py manifest` fills in version and checksums of a release.
#   nix-build -E 'with import <nixpkgs> {}; callPackage ./kubectl-octopus-argo.nix {}'
{ lib, stdenvNoCC, fetchurl, installShellFiles }:

let
  archives = {
    x86_64-linux = {
      url = "@url linux-amd64@";
      sha256 = "@sha256 linux-amd64@";
    };
    aarch64-linux = {
      url = "@url linux-arm64@";
      sha256 = "@sha256 linux-arm64@";
    };
    x86_64-darwin = {
      url = "@url darwin-amd64@";
      sha256 = "@sha256 darwin-amd64@";
    };
    aarch64-darwin = {
      url = "@url darwin-arm64@";
      sha256 = "@sha256 darwin-arm64@";
    };
  };
  system = stdenvNoCC.hostPlatform.system;
in
stdenvNoCC.mkDerivation {
  pname = "kubectl-octopus-argo";
  version = "@version@";
  src = fetchurl (archives.${system} or (throw "kubectl-octopus-argo has no release for ${system}"));
  sourceRoot = ".";
  nativeBuildInputs = [ installShellFiles ];
  # The binary is static on Linux and stripped everywhere: it is installed as it was released.
  dontFixup = true;
  installPhase = ''
    runHook preInstall
    install -Dm755 -t $out/bin kubectl-octopus_argo completions/kubectl_complete-octopus_argo
    installManPage man/man1/*.1
    installShellCompletion --cmd kubectl-octopus_argo \
      --bash completions/kubectl-octopus_argo.bash \
      --fish completions/kubectl-octopus_argo.fish \
      --zsh completions/_kubectl-octopus_argo
    runHook postInstall
  '';
  meta = {
    description = "Connect Octopus Deploy to Argo CD";
    homepage = "https://github.com/kubectl-octopus-argo/kubectl-octopus-argo";
    license = lib.licenses.asl20;
    mainProgram = "kubectl-octopus_argo";
    platforms = builtins.attrNames archives;
    sourceProvenance = [ lib.sourceTypes.binaryNativeCode ];
  };
}

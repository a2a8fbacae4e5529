# Homebrew formula: `scripts/release.py manifest` fills in version and checksums of a release.
class KubectlOctopusArgo < Formula
  desc "Connect Octopus Deploy to Argo CD"
  homepage "https://github.com/kubectl-octopus-argo/kubectl-octopus-argo"
  version "@version@"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "@url darwin-arm64@"
      sha256 "@sha256 darwin-arm64@"
    end
    on_intel do
      url "@url darwin-amd64@"
      sha256 "@sha256 darwin-amd64@"
    end
  end

  on_linux do
    on_arm do
      url "@url linux-arm64@"
      sha256 "@sha256 linux-arm64@"
    end
    on_intel do
      url "@url linux-amd64@"
      sha256 "@sha256 linux-amd64@"
    end
  end

  def install
    bin.install "kubectl-octopus_argo", "completions/kubectl_complete-octopus_argo"
    man1.install Dir["man/man1/*.1"]
    bash_completion.install "completions/kubectl-octopus_argo.bash" => "kubectl-octopus_argo"
    zsh_completion.install "completions/_kubectl-octopus_argo"
    fish_completion.install "completions/kubectl-octopus_argo.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/kubectl-octopus_argo version")
    assert_match "accounts.octopus", shell_output("#{bin}/kubectl-octopus_argo render --sample")
  end
end

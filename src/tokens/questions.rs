//! Asks the server many questions at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::argocd::{CanIAnswer, Client, Problem};
use crate::octopus::CanIQuestion;

/// How many calls of argocd run at the same time.
const AT_ONCE: usize = 6;

/// Every question with its answer, in the order of the questions; where another object than the
/// first was granted, it is about that. After a first problem no more questions are asked, and that
/// problem comes back: the others would meet it too.
pub fn ask_all(
    client: &Client<'_>,
    questions: &[CanIQuestion],
) -> Result<Vec<(CanIQuestion, CanIAnswer)>, Problem> {
    let next = AtomicUsize::new(0);
    let answers: Mutex<Vec<Option<(CanIQuestion, CanIAnswer)>>> =
        Mutex::new(vec![None; questions.len()]);
    let problem: Mutex<Option<Problem>> = Mutex::new(None);
    let ask = || {
        while let Some((index, question)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            questions.get(index).map(|question| (index, question))
        } {
            match one(client, question) {
                Ok(answer) => {
                    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                    answers[index] = Some(answer);
                }
                Err(found) => {
                    next.store(questions.len(), Ordering::Relaxed);
                    let mut problem = problem.lock().unwrap_or_else(PoisonError::into_inner);
                    problem.get_or_insert(found);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(questions.len()) {
            scope.spawn(ask);
        }
    });
    if let Some(problem) = problem.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(problem);
    }
    let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Without a problem every question has its answer.
    Ok(answers.into_iter().flatten().collect())
}

/// Asks for one object after the other until one is granted.
fn one(
    client: &Client<'_>,
    question: &CanIQuestion,
) -> Result<(CanIQuestion, CanIAnswer), Problem> {
    for object in question.objects() {
        let answer = client.can_i(question.action, question.resource, object)?;
        if answer != CanIAnswer::No {
            return Ok((question.clone().granted_for(object), answer));
        }
    }
    Ok((question.clone(), CanIAnswer::No))
}
